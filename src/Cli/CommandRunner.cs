using System.CommandLine;
using System.CommandLine.Completions;
using System.Diagnostics;

namespace Cairn.Cli;

/// <summary>Runs a command line and turns errors into a message and an exit code; a user's mistake never shows a stack trace.</summary>
internal static class CommandRunner
{
    public static int Invoke(RootCommand root, string[] args, TextWriter output, TextWriter error)
    {
        var parsed = root.Parse(args);
        if (args.Length == 0)
        {
            root.Parse("--help").Invoke(new InvocationConfiguration { Output = error, Error = error });
            return ExitCodes.Usage;
        }

        // Completion runs on an incomplete command line: don't report its mistakes.
        var isCompleted = root.Directives.OfType<SuggestDirective>().Any(d => parsed.GetResult(d) is not null);
        if (!isCompleted && UsageMistakes.Of(parsed) is { Count: > 0 } mistakes)
        {
            foreach (var mistake in mistakes)
                error.WriteLine($"cairn: {mistake}");

            error.WriteLine($"Try: {UsageMistakes.CommandPath(parsed)} --help");
            return ExitCodes.Usage;
        }

        var configuration = new InvocationConfiguration
        {
            Output = output,
            Error = error,
            EnableDefaultExceptionHandler = false,
            // Commands handle signals themselves: a run stops at a boundary.
            ProcessTerminationTimeout = null,
        };
        try
        {
            return parsed.Invoke(configuration);
        }
        catch (CairnException e)
        {
            error.WriteLine($"cairn: {e.Message}");
            return e is SpecException or FencedException ? ExitCodes.Usage : ExitCodes.Failed;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"cairn: {e.Message}");
            return ExitCodes.Failed;
        }
        catch (Exception e) when (!Debugger.IsAttached)
        {
            error.WriteLine($"cairn: an unexpected error; please report it with all of the following.\n{e}");
            return ExitCodes.Failed;
        }
    }
}
