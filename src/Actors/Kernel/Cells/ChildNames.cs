namespace Cairn.ActorKernel.Cells;

/// <summary>Names for actors that nobody named: <c>$a</c>, <c>$b</c> … The dollar keeps them apart from given ones.</summary>
internal static class ChildNames
{
    private const string Digits = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+~";

    /// <param name="n">From 0; digits to the base 64, the lowest first.</param>
    public static string Nth(long n)
    {
        Span<char> name = stackalloc char[12];
        name[0] = '$';
        var length = 1;
        do
        {
            name[length++] = Digits[(int)(n & 63)];
            n >>= 6;
        }
        while (n > 0);

        return new string(name[..length]);
    }
}
