using Cairn.Engine.Models;
using Cairn.Engine.Models.Diagnostics;
using Cairn.Engine.Perturbations;
using Cairn.Engine.Runs;
using Cairn.Engine.Sources;
using Cairn.Storage.Durable;
using Cairn.Storage.Fields;

namespace Cairn.Engine.Rollouts;

/// <summary>What all batches of a run share.</summary>
/// <param name="Spec">The run.</param>
/// <param name="Options">How it is carried out.</param>
/// <param name="Schedule">Its boundaries.</param>
/// <param name="Model">The model; its methods may be called from several threads.</param>
/// <param name="Analyses">The initial conditions, and the fields of other times that the perturbation asks for.</param>
/// <param name="Output">What is written.</param>
/// <param name="Store">Where it is written.</param>
/// <param name="Fingerprint">What the numbers depend on besides the spec.</param>
/// <param name="SpecDigest">Digest of everything in the spec that shapes numbers.</param>
/// <param name="Observer">Is told what happens.</param>
internal sealed record RunContext(
    RunSpec Spec,
    RunOptions Options,
    BoundarySchedule Schedule,
    IPrognosticModel Model,
    Analyses Analyses,
    OutputPlan Output,
    IFieldStore Store,
    IReadOnlyDictionary<string, string> Fingerprint,
    string SpecDigest,
    IRunObserver Observer)
{
    private readonly Lazy<ILookup<int, MemberRange>> _folders = FoldersIn(Options.Files, Spec.Checkpoint.Path);

    /// <summary>What a batch's members begin with at its initial time.</summary>
    public BatchBeginning Beginning(MemberRange batch) => new(this, Spec.Members.TimeOf(batch.First));

    /// <summary>
    /// The folders of batches as the run was found, by the members that they hold. Listed once: since then only batches of this cut got
    /// new ones, each its own, and thousands of folders listed for each of thousands of batches take minutes.
    /// </summary>
    public ILookup<int, MemberRange> FoldersByMember => _folders.Value;

    private static Lazy<ILookup<int, MemberRange>> FoldersIn(IDurableFiles files, string path) => new(() => files.List(path)
        .Where(entry => entry.IsDirectory)
        .Select(entry => MemberRange.Parse(entry.Name))
        .OfType<MemberRange>()
        .SelectMany(folder => folder.Members, static (folder, member) => (Folder: folder, Member: member))
        .ToLookup(static known => known.Member, static known => known.Folder));
}
