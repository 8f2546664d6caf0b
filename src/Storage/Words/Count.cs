namespace Cairn.Storage.Words;

/// <summary>Numbers of things.</summary>
public static class Count
{
    /// <summary>For example <c>1 member</c> or <c>16 members</c>.</summary>
    /// <param name="number">How many.</param>
    /// <param name="one">What one of them is called.</param>
    /// <param name="several">What several are called; null where that is only an s more.</param>
    public static string Of(long number, string one, string? several = null) =>
        string.Create(CultureInfo.InvariantCulture, $"{number} {(number == 1 ? one : several ?? one + "s")}");
}
