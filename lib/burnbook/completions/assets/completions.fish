# burnbook: completions for fish, written by `just completions --install`
function __burnbook_is_own
    set -l root @ROOT@
    set -l words (commandline -opc)
    set -l program (command -s -- $words[1]; or printf '%s' $words[1])
    set program (realpath -- $program 2>/dev/null)
    set -l name (basename -- $words[1])
    if test $name = just
        # A user's own just too, in this project.
        test "$program" = $root/just; or string match -q -- "$root/*" "$PWD/"
    else
        test "$program" = $root/bin/$name
    end
end

function __burnbook_complete
    set -l words (commandline -opc)
    set -l word (commandline -ct)
    set -l found (@ROOT@/bin/completions --complete fish (basename -- $words[1]) $words[2..-1] "$word" 2>/dev/null)
    switch "$found[1]"
        case :files
            __fish_complete_path "$word"
        case :dirs
            __fish_complete_directories "$word"
        case '*'
            printf '%s\n' $found
    end
end

for name in @NAMES@
    complete -c $name -n __burnbook_is_own -k -f -a '(__burnbook_complete)'
end
