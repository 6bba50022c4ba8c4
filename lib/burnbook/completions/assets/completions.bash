# burnbook: completions for bash, written by `just completions --install`
_burnbook() {
	local root=@ROOT@ name=${1##*/} path line IFS=$'\n'
	COMPREPLY=()
	path=$(type -P -- "${1/#\~/$HOME}") && path=$(readlink -f -- "$path")
	case $path in
	"$root/bin/$name" | "$root/just") ;;
	*)
		# A user's own just, in this project.
		case $name,$PWD/ in
		"just,$root/"*) ;;
		*) _burnbook_other "$1" && return 124 || return ;;
		esac
		;;
	esac
	for line in $("$root/bin/completions" --complete bash "$name" "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null); do
		case $line in
		:files) compopt -o default ;;
		:dirs) compopt -o dirnames ;;
		*) COMPREPLY+=("$line") ;;
		esac
	done
}

# Another program has the same name: loads the system's completions for it; bash then asks these.
_burnbook_other() {
	local folder
	local IFS=:
	complete -r "${1##*/}"
	for folder in ${XDG_DATA_DIRS:-/usr/local/share:/usr/share}; do
		if [ -f "$folder/bash-completion/completions/${1##*/}" ]; then
			. "$folder/bash-completion/completions/${1##*/}"
			return 0
		fi
	done
	return 1
}

complete -F _burnbook @NAMES@
