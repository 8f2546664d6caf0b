namespace Cairn.Storage.State;

/// <summary>Tells whether a saved state is of the current type's schema, and if not, how the two differ.</summary>
internal static class SchemaComparison
{
    public static void Check(StateSchema schema, string savedId, string savedHash, IReadOnlyDictionary<string, Payload> saved)
    {
        if (schema.StateId != savedId)
            throw new CheckpointStateSchemaException(
                $"The saved state is {savedId}, the current type {schema.Type} is {schema.StateId}. If they are the same state, use "
                + $"[CheckpointState(Id = \"{savedId}\")].");

        var names = schema.Fields.Select(f => f.Name).ToHashSet();
        var sameNames = names.SetEquals(saved.Keys);
        if (!sameNames || schema.SchemaHash != savedHash)
            throw new CheckpointStateSchemaException(
                $"The saved state {savedId} does not match {schema.Type}: {Differences(schema, saved, names)}. Restore it with the "
                + "version that wrote it, start with a new checkpoint, or, if the fields mean the same, set the hash with "
                + $"[CheckpointState(SchemaHash = \"{savedHash}\")] (now {schema.SchemaHash}).");
    }

    private static string Differences(StateSchema schema, IReadOnlyDictionary<string, Payload> saved, HashSet<string> names)
    {
        var lost = saved.Where(s => !names.Contains(s.Key))
            .Select(s => $"field '{s.Key}' (saved as {Describe(s.Value)}) no longer exists");
        var added = schema.Fields.Where(f => !saved.ContainsKey(f.Name)).Select(f => $"field '{f.Name}' ({f.Annotation}) was not saved");
        var changed = schema.Fields.Where(f => saved.TryGetValue(f.Name, out var s) && !Plausible(f.Annotation, s.Kind))
            .Select(f => $"field '{f.Name}' was saved as {Describe(saved[f.Name])} and is now {f.Annotation}");
        var all = lost.Concat(added).Concat(changed).ToList();
        return all.Count > 0
            ? string.Join("; ", all)
            : "the fields have the same names, but their declared types, defaults or order differ";
    }

    private static string Describe(Payload payload) => payload is ArrayPayload array
        ? $"{array.Kind} {array.DType.Name}[{string.Join(", ", array.Shape)}]"
        : payload.Kind;

    private static bool Plausible(string annotation, string kind)
    {
        var expected = kind switch
        {
            "tensor" => "torch.Tensor",
            "ndarray" => "np.ndarray",
            "torch_device" => "torch.device",
            "torch_dtype" => "torch.dtype",
            "np_dtype" => "np.dtype",
            "np_datetime64" => "np.datetime64",
            "np_timedelta64" => "np.timedelta64",
            "none" => "None",
            _ => kind,
        };
        return kind == "dataclass" || annotation == "Any" || annotation.Contains(expected, StringComparison.Ordinal);
    }
}
