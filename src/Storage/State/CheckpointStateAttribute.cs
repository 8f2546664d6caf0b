namespace Cairn.Storage.State;

/// <summary>
/// Marks a plain class whose public settable properties are restart state. Properties are stored under their names in snake case.
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class CheckpointStateAttribute : Attribute
{
    /// <summary>
    /// The state's id on disk; by default the type's full name. Give a Python class's <c>module.qualname</c> to share its states.
    /// </summary>
    public string? Id { get; init; }

    /// <summary>
    /// A fixed schema hash, for states that Python wrote with defaults or annotations that C# cannot express; by default it is computed.
    /// </summary>
    public string? SchemaHash { get; init; }
}

/// <summary>Overrides how one property of a state is stored.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class CheckpointFieldAttribute : Attribute
{
    /// <summary>Keeps the default name; for use with <see cref="Annotation"/>.</summary>
    public CheckpointFieldAttribute()
    {
    }

    /// <summary>Stores the property under <paramref name="name"/>.</summary>
    public CheckpointFieldAttribute(string name) => Name = name;

    /// <summary>The field's name on disk, or null for the property's own in snake case.</summary>
    public string? Name { get; }

    /// <summary>The annotation that enters the schema hash, as a Python source would write it: <c>dict[str, Any]</c>.</summary>
    public string? Annotation { get; init; }
}

/// <summary>Leaves a property out of the state.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class CheckpointIgnoreAttribute : Attribute
{
}
