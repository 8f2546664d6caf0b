using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Engine.Models.Harmonics;

/// <summary>
/// Sums over degrees or latitudes, one matrix product a zonal wavenumber: the only place where members could meet. On the CPU each member
/// has products of its own, of one size, so that its bits do not depend on its batch: a BLAS chooses how to round by the size.
/// </summary>
internal static class LegendreSums
{
    /// <summary>[b, m, rows, in] times [m, in, out].</summary>
    internal static Tensor Of(Tensor rows, Tensor table)
    {
        var members = rows.size(0);
        if (members == 1)
        {
            using var only = rows.squeeze(0);
            using var sum = bmm(only, table);
            return sum.unsqueeze(0);
        }

        using var scope = NewDisposeScope();
        return (rows.device_type == DeviceType.CPU ? stack(rows.unbind(0).Select(member => bmm(member, table))) : Together(rows, table))
            .MoveToOuterDisposeScope();
    }

    private static Tensor Together(Tensor rows, Tensor table)
    {
        var (b, m, count) = (rows.size(0), rows.size(1), rows.size(2));
        var sums = bmm(rows.transpose(0, 1).reshape(m, b * count, -1), table);
        return sums.view(m, b, count, -1).transpose(0, 1).contiguous();
    }
}
