using Cairn.Hocon;

namespace Cairn.Engine.Runs;

/// <summary>How a spec that was sent is written.</summary>
public enum SpecFormat
{
    Hocon,
    Json,
    Yaml,
}

/// <summary>Reads a spec that came as text from another machine: whole, without includes and without this process's environment, confined
/// by <see cref="SubmissionRules"/>, and otherwise under the same checks as a file.</summary>
public static class SubmittedSpec
{
    private const string Source = "the spec";

    /// <summary>Reads a spec.</summary>
    /// <param name="text">The spec.</param>
    /// <param name="format">How it is written.</param>
    /// <param name="rules">What it may ask for.</param>
    /// <exception cref="RunSpecException">It has mistakes, all of which are listed; a single one without a setting when the text could not
    /// be read at all.</exception>
    public static RunSpec Read(string text, SpecFormat format, SubmissionRules rules)
    {
        try
        {
            if (format == SpecFormat.Json)
                CheckJson(text);
            var options = new HoconOptions { Environment = _ => null, OpenFile = _ => null, MaxIncludes = 0 };
            var root = format == SpecFormat.Yaml
                ? HoconReader.ReadYaml(text, Source, options)
                : HoconReader.ReadText(text, Source, options);
            return RunSpecReader.Read(root, new SpecContext(Source, null, "/", PathFound.IsFile, rules));
        }
        catch (HoconException e)
        {
            var mistake = new SpecMistake(Source, e.Line > 0 ? e.Line : null, "", e.Found, e.Expected)
            {
                Column = e.Column > 0 ? e.Column : null,
            };
            throw new RunSpecException(Source, [mistake], e);
        }
    }

    /// <summary>HOCON takes more than JSON does: what was sent as JSON should not mean something else to the next reader.</summary>
    private static void CheckJson(string text)
    {
        try
        {
            using (JsonDocument.Parse(text))
            {
            }
        }
        catch (JsonException e)
        {
            // The message ends with the place, which is reported separately.
            var found = e.Message.Split(" LineNumber:")[0].TrimEnd('.');
            var mistake = new SpecMistake(Source, (int?)e.LineNumber + 1, "", $"text that is not JSON ({found})", "a JSON object")
            {
                Column = (int?)e.BytePositionInLine + 1,
            };
            throw new RunSpecException(Source, [mistake], e);
        }
    }
}
