using Cairn.Engine.Pictures;
using Cairn.Engine.Runs;
using Cairn.Storage.Derived;
using Cairn.Storage.Durable;

namespace Cairn.Engine.Rollouts;

/// <summary>Draws the picture of a run's fields once nothing is written any more.</summary>
internal static class RunPicture
{
    /// <returns>The picture, or null when none was asked for or none could be drawn; a warning then says why.</returns>
    public static string? Draw(RunSpec spec, RunOptions options, IRunObserver observer)
    {
        if (spec.Output is not { Path: { } store, Picture: { } target })
        {
            return null;
        }

        try
        {
            var full = spec.Checkpoint.Durability == CheckpointDurability.Full;
            SweepLeftovers(options.Files, target);
            var drawn = ForecastPicture.Draw(full ? options.Files : new NoSyncFiles(options.Files), store, target, PictureCaption.Of(spec));
            observer.On(new PictureDrawn(drawn.Path, drawn.Bytes));
            return drawn.Path;
        }
        catch (Exception e)
        {
            // Whatever went wrong, the fields and sessions are whole, and the picture can be drawn again from them.
            observer.On(new RunWarning($"no picture was drawn: {e.Message}"));
            return null;
        }
    }

    /// <summary>Leftovers of earlier attempts by killed processes; the code that draws here holds the run.</summary>
    private static void SweepLeftovers(IDurableFiles files, string target)
    {
        if (files.DirectoryExists(Path.GetDirectoryName(target)!))
        {
            DerivedFile.Sweep(files, target);
        }
    }
}
