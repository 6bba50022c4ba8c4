#compdef @NAMES@
# burnbook: completions for zsh, written by `just completions --install`
_burnbook() {
	local root=@ROOT@ name=${${(Q)words[1]}:t} program=${(Q)words[1]}
	local -a found
	program=${program/#\~/$HOME}
	[[ $program == */* ]] || program=${commands[$program]}
	program=${program:A}
	if [[ $program != $root/bin/$name && $program != $root/just && ! ( $name == just && $PWD/ == $root/* ) ]]; then
		# Another program has the same name.
		autoload -Uz +X _$name 2>/dev/null && _$name || _default
		return
	fi
	found=("${(@f)$("$root/bin/completions" --complete zsh $name "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)}")
	case $found[1] in
	:files) _files ;;
	:dirs) _files -/ ;;
	?*) _describe -V burnbook found ;;
	*) return 1 ;;
	esac
}

if [[ ${funcstack[1]} == _burnbook ]]; then
	_burnbook "$@"
else
	compdef _burnbook @NAMES@
fi
