using System.CommandLine;
using System.Globalization;
using Cairn.Cli.Status;
using Cairn.Engine.Pictures;
using Cairn.Engine.Rollouts;
using Cairn.Engine.Stores;
using Cairn.Storage.Durable;

namespace Cairn.Cli.Picture;

/// <summary><c>cairn picture RUN-OR-STORE</c>: draws committed fields into one HTML file, during a run or after it.</summary>
internal static class PictureCommand
{
    public static Command Build()
    {
        var path = new Argument<string>("RUN-OR-STORE") { Description = "A run's folder, or a field store." };
        var file = new Option<string>("--output", "-o")
        {
            Description = "The file to write; by default the run's own: forecast.html beside the store.", HelpName = "FILE",
        };
        var json = new JsonOption();
        var command = new Command(
            "picture",
            "Draw the committed fields of a run into one HTML file: maps of mean, spread and members, and all members at a point.")
        {
            path, file,
        };
        json.AddTo(command);
        command.SetAction(parsed =>
        {
            var files = new PosixFiles();
            var (store, target, caption) = Find(parsed.GetRequiredValue(path), parsed.GetValue(file), files);
            var drawn = ForecastPicture.Draw(files, store, target, caption);
            var output = parsed.InvocationConfiguration.Output;
            if (json.IsIn(parsed))
                JsonOption.Write(output, new { Picture = drawn.Path, drawn.Bytes });
            else
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{drawn.Path} ({drawn.Bytes / 1e6:0.0} MB)"));

            return ExitCodes.Done;
        });
        return command;
    }

    private static (string Store, string Target, PictureCaption? Caption) Find(string path, string? file, IDurableFiles files)
    {
        if (FieldStoreKinds.IsStore(path))
            return (path, file ?? PicturePaths.Beside(path), null);

        var folder = RunFolders.Find(path);
        if (!RunFolders.IsRun(folder))
        {
            throw new SpecException($"{path} is neither a run's folder (it has no {RunRecord.FileName}) nor a field store. "
                + "Name a run's folder (checkpoint.path), or its field store (output.path).");
        }

        var record = RunRecord.Read(Path.Combine(folder, RunRecord.FileName));
        var spec = record.Spec;
        var store = RunOutputs.Store(record, folder, files)
            ?? throw new SpecException($"The run {spec.Name} writes no fields (output.kind = none).");
        return FieldStoreKinds.IsStore(store)
            ? (store, file ?? RunOutputs.Picture(record, folder) ?? PicturePaths.Beside(store), PictureCaption.Of(spec))
            : throw new DataException($"{store}, the field store of {spec.Name}, does not exist. If it was moved, name it: "
                + $"{ProgramName.Value} picture STORE");
    }
}
