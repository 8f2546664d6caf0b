namespace Cairn.Storage.State;

/// <summary>
/// The tensor factory of programs that reference Cairn.Engine, which knows TorchSharp: found by name, since this assembly lies below it.
/// </summary>
internal static class DefaultTensors
{
    private const string Name = "Cairn.Engine.Torch.TensorFactory, Cairn.Engine";
    private static readonly Lazy<ITensorFactory?> Found = new(
        static () => Type.GetType(Name, throwOnError: false) is { } type ? (ITensorFactory)Activator.CreateInstance(type)! : null);

    /// <summary>The factory, or null if Cairn.Engine is not available.</summary>
    public static ITensorFactory? Factory => Found.Value;
}
