using System.Globalization;
using Cairn.Engine.Torch;

namespace Cairn.Engine.Models;

/// <summary>Why a member's state must not become a session.</summary>
/// <param name="Member">Number of the member in the ensemble.</param>
/// <param name="Variable">The output variable at fault, or <c>state</c> when the state itself is not finite.</param>
/// <param name="Found">Range of the values found.</param>
/// <param name="Allowed">The declared bounds that were left; null when a value is not finite.</param>
public sealed record HealthDefect(int Member, string Variable, ValueRange Found, FieldBounds? Allowed)
{
    /// <summary>The kind of diagnostic that gave the variable, or null when the model did.</summary>
    public string? Diagnostic { get; init; }

    public override string ToString() => Allowed is { } bounds
        ? $"{Place} ranges from {Text(Found.Min)} to {Text(Found.Max)}; "
            + $"{(Diagnostic is null ? "the model allows" : "allowed are")} {Text(bounds.Min)} to {Text(bounds.Max)}"
        : $"{Place} holds values that are not finite (NaN or an infinity)";

    private string Place => string.Create(CultureInfo.InvariantCulture, $"member {Member}: {Variable}")
        + (Diagnostic is null ? "" : $" of the diagnostic {Diagnostic}");

    private static string Text(double value) => value.ToString("G6", CultureInfo.InvariantCulture);
}
