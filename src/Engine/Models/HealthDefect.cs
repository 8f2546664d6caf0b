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
    public override string ToString() => Allowed is { } bounds
        ? $"{Place} ranges from {Text(Found.Min)} to {Text(Found.Max)}; the model allows {Text(bounds.Min)} to {Text(bounds.Max)}"
        : $"{Place} holds values that are not finite (NaN or an infinity)";

    private string Place => string.Create(CultureInfo.InvariantCulture, $"member {Member}: {Variable}");

    private static string Text(double value) => value.ToString("G6", CultureInfo.InvariantCulture);
}
