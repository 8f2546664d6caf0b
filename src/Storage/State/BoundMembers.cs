using System.Collections;
using System.Runtime.CompilerServices;

namespace Cairn.Storage.State;

/// <summary>Refuses, when a state is bound and not only at its first commit or restart, members that no commit could store or
/// restore.</summary>
internal static class BoundMembers
{
    /// <exception cref="CheckpointSerializationException">A member can't be stored, or not be put back; the message names it.</exception>
    public static void Require(object state, ITensorFactory? tensors)
    {
        var schema = StateSchema.Of(state.GetType());
        foreach (var field in schema.Fields)
        {
            var name = $"{schema.Type}.{field.Member.Name}";
            if (!MayHold(field.Type, tensors))
                throw Refusal(name, field.Type, tensors);

            var value = field.Get(state);
            if (value is not (null or IShard) && !ShardMap.Is(field.Type))
                _ = StateCapture.Look(value, name, tensors);
        }
    }

    /// <summary>Whether anything but null can be restored into a property of this type.</summary>
    private static bool MayHold(Type declared, ITensorFactory? tensors)
    {
        var type = Nullable.GetUnderlyingType(declared) ?? declared;
        if (type == typeof(object) || FieldAnnotation.IsScalarOrArray(type) || tensors?.TensorType.IsAssignableTo(type) == true
            || StateSchema.IsState(type))
        {
            return true;
        }

        return typeof(IShard).IsAssignableFrom(type) ? MayHold(type.GetGenericArguments()[0], tensors)
            : type.IsArray ? type.GetArrayRank() == 1 && MayHold(type.GetElementType()!, tensors)
            : typeof(ITuple).IsAssignableFrom(type) ? type.GetGenericArguments().All(part => MayHold(part, tensors))
            : typeof(IDictionary).IsAssignableFrom(type) || FieldAnnotation.IsDictionary(type) ? IsMap(type, tensors)
            : typeof(IList).IsAssignableFrom(type) || type.IsAssignableFrom(typeof(List<object?>)) || IsListInterface(type)
                ? !type.IsGenericType || MayHold(type.GetGenericArguments()[0], tensors)
            : FieldAnnotation.TakesScalarOrArray(type);
    }

    private static bool IsMap(Type type, ITensorFactory? tensors) =>
        type.GetGenericArguments() is not [var key, var value] || (key == typeof(string) && MayHold(value, tensors));

    private static bool IsListInterface(Type type) => type is { IsInterface: true, IsGenericType: true }
        && type.GetGenericArguments() is [var element] && type.IsAssignableFrom(typeof(List<>).MakeGenericType(element));

    private static CheckpointSerializationException Refusal(string name, Type type, ITensorFactory? tensors) => new(
        $"{name} is of type {type}, which cannot be stored and restored: use one of the format's types, mark that class with "
        + "[CheckpointState], or leave the member out with [CheckpointIgnore]."
        + (tensors is null ? " Tensors take the TensorFactory of their library in the checkpoint's options (Cairn.Engine brings the one of "
            + "TorchSharp, where it is referenced)." : ""));
}
