using System.CommandLine;
using System.Globalization;
using Cairn.Cli.Status;
using Cairn.Engine.Rollouts;
using Cairn.Storage.Durable;

namespace Cairn.Cli.Derive;

/// <summary><c>cairn derive RUN</c>: NetCDF files and statistics from what a run has committed so far.</summary>
internal static class DeriveCommand
{
    public static Command Build()
    {
        var path = new Argument<string>("RUN")
        {
            Description = "The run's checkpoint folder (checkpoint.path in its spec), or a folder that holds it.",
        };
        var netCdf = new Option<string?>("--netcdf")
        {
            Description = "A NetCDF file for the fields of every member; {member}, {day} and {time} in its name create one file for "
                + "each.",
            HelpName = "PATH",
        };
        var statistics = new Option<string?>("--statistics")
        {
            Description = "A NetCDF file for mean, spread and quantiles over the members; {time} in its name creates one file for each "
                + "initial time.",
            HelpName = "PATH",
        };
        var quantiles = new Option<string?>("--quantiles")
        {
            Description = "Quantiles from 0 to 1 with commas between them; by default those of the run's spec, or 0.1,0.5,0.9.",
            HelpName = "LIST",
        };
        var json = new JsonOption();
        const string what = "Derive NetCDF files from the lead times that every member has committed, during a run or after it.";
        var command = new Command("derive", what) { path, netCdf, statistics, quantiles };
        json.AddTo(command);
        command.SetAction(parsed =>
        {
            var folder = RunFolders.Require(parsed.GetRequiredValue(path));
            var written = RunDerivation.Derive(
                folder, parsed.GetValue(netCdf), parsed.GetValue(statistics), Numbers(parsed.GetValue(quantiles)), new PosixFiles(),
                text => parsed.InvocationConfiguration.Error.WriteLine($"warning: {text}"));
            var output = parsed.InvocationConfiguration.Output;
            if (json.IsIn(parsed))
            {
                JsonOption.Write(output, new { Derived = written });
                return ExitCodes.Done;
            }

            foreach (var file in written)
                output.WriteLine($"derived {file}");

            return ExitCodes.Done;
        });
        return command;
    }

    private static List<double>? Numbers(string? text)
    {
        if (text is null)
            return null;

        var numbers = new List<double>();
        foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            numbers.Add(double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                ? number
                : throw new SpecException($"--quantiles holds '{part}'; expected numbers with commas between them, such as 0.1,0.5,0.9."));
        }

        return numbers;
    }
}
