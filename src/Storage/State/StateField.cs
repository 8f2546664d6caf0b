using System.Reflection;

namespace Cairn.Storage.State;

/// <summary>One stored member of a state type: a property, or a field.</summary>
/// <param name="Name">Its name on disk.</param>
/// <param name="Member">The member.</param>
/// <param name="Annotation">How a Python source would annotate it.</param>
/// <param name="Default">What enters the schema hash for its default: <c>required</c>, <c>default:…</c> or <c>factory:…</c>.</param>
internal sealed record StateField(string Name, MemberInfo Member, string Annotation, string Default)
{
    /// <summary>The declared type.</summary>
    public Type Type => Member is PropertyInfo property ? property.PropertyType : ((FieldInfo)Member).FieldType;

    public object? Get(object state) => Member is PropertyInfo property ? property.GetValue(state) : ((FieldInfo)Member).GetValue(state);

    public void Set(object state, object? value)
    {
        if (Member is PropertyInfo property)
        {
            property.SetValue(state, value);
        }
        else
        {
            ((FieldInfo)Member).SetValue(state, value);
        }
    }
}
