namespace Cairn.Storage.Fields;

/// <summary>How a run numbers its members over all of its initial times: those of the first time from 0, those of each later time behind
/// them. With one initial time a member's number is the member itself.</summary>
/// <param name="Members">Members of each initial time.</param>
/// <param name="Times">Initial times.</param>
public readonly record struct MemberNumbers(int Members, int Times)
{
    /// <summary>How many numbers there are.</summary>
    public int Count => checked(Members * Times);

    /// <summary>The number of a member of an initial time, both from 0.</summary>
    public int Of(int time, int member) => (time * Members) + member;

    /// <summary>The initial time of a number, from 0.</summary>
    public int TimeOf(int number) => number / Members;

    /// <summary>The member of a number, from 0.</summary>
    public int MemberOf(int number) => number % Members;
}
