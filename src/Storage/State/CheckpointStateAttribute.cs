namespace Cairn.Storage.State;

/// <summary>Marks a plain class that is restart state. Properties with a public getter and any setter are stored, and public fields, under
/// their names in snake case; whatever else the class holds must be left out with <see cref="CheckpointIgnoreAttribute"/>, or it is refused
/// when it is bound.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class CheckpointStateAttribute : Attribute
{
    /// <summary>The state's id on disk; by default the type's full name. Give a Python class's <c>module.qualname</c> to share its
    /// states.</summary>
    public string? Id { get; init; }

    /// <summary>A fixed schema hash, for states that Python wrote with defaults or annotations that C# cannot express; by default it is
    /// computed.</summary>
    public string? SchemaHash { get; init; }

    /// <summary>Whether the Python dataclass stands in a module without <c>from __future__ import annotations</c>, so that its annotations
    /// are types and not texts: they enter the hash otherwise.</summary>
    public bool EvaluatedAnnotations { get; init; }
}

/// <summary>Overrides how one member of a state is stored; stores one that is not public.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class CheckpointFieldAttribute : Attribute
{
    /// <summary>Keeps the default name; for use with <see cref="Annotation"/>.</summary>
    public CheckpointFieldAttribute() { }

    /// <summary>Stores the member under <paramref name="name"/>.</summary>
    public CheckpointFieldAttribute(string name) => Name = name;

    /// <summary>The name on disk, or null for the member's own in snake case.</summary>
    public string? Name { get; }

    /// <summary>The annotation that enters the schema hash, as a Python source would write it: <c>dict[str, Any]</c>.</summary>
    public string? Annotation { get; init; }

    /// <summary>The default that the Python dataclass gives the field, as its source writes it: <c>None</c>, <c>()</c>, <c>0</c>,
    /// <c>field(default_factory=list)</c>; or as it enters the hash: <c>default:module.Type</c>, <c>factory:module.name</c>. Null for a
    /// field without one.</summary>
    public string? Default { get; init; }
}

/// <summary>Leaves a member out of the state.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field | AttributeTargets.Event)]
public sealed class CheckpointIgnoreAttribute : Attribute
{
}
