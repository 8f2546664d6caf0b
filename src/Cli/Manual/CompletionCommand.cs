using System.CommandLine;

namespace Cairn.Cli.Manual;

/// <summary>
/// <c>cairn completion SHELL</c>: prints a script with which the shell asks this program for completions.
/// </summary>
internal static class CompletionCommand
{
    // CAIRN_NO_BUILD: the launcher must not start to build while the user types.
    private const string Bash = """
        # Bash completion of cairn. In ~/.bashrc: source <(cairn completion bash)
        _cairn() {
          local line=${COMP_LINE:0:COMP_POINT} found
          line=${line#*"${COMP_WORDS[0]}"}
          line=${line#"${line%%[! ]*}"}
          mapfile -t found < <(CAIRN_NO_BUILD=1 "${COMP_WORDS[0]}" "[suggest:${#line}]" "$line" 2>/dev/null)
          mapfile -t COMPREPLY < <(IFS=$'\n'; compgen -W "${found[*]}" -- "${COMP_WORDS[COMP_CWORD]}")
          [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *= ]] && compopt -o nospace
          return 0
        }
        complete -o default -F _cairn cairn ./cairn
        """;

    private const string Zsh = """
        #compdef cairn
        # Zsh completion of cairn. In ~/.zshrc, after compinit: source <(cairn completion zsh)
        _cairn() {
          local line="${(j: :)words[2,CURRENT]}"
          local -a found=(${(f)"$(CAIRN_NO_BUILD=1 ${words[1]} "[suggest:${#line}]" "$line" 2>/dev/null)"})
          compadd -- $found
          _files
        }
        compdef _cairn cairn
        """;

    private const string Fish = """
        # Fish completion of cairn. cairn completion fish > ~/.config/fish/completions/cairn.fish
        function __cairn_complete
          set -l line (commandline -cp | string replace -r '^\s*\S+\s*' '')
          env CAIRN_NO_BUILD=1 cairn "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
        end
        complete -c cairn -a '(__cairn_complete)'
        """;

    public static Command Build()
    {
        var shell = new Argument<string>("SHELL") { Description = "bash, zsh or fish." };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        var command = new Command(
            "completion", "Print a completion script for a shell; its first lines say where to put it.") { shell };
        command.SetAction(parsed =>
        {
            parsed.InvocationConfiguration.Output.WriteLine(parsed.GetRequiredValue(shell) switch
            {
                "bash" => Bash,
                "zsh" => Zsh,
                _ => Fish,
            });
            return ExitCodes.Done;
        });
        return command;
    }
}
