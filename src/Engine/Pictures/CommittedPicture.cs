using System.Security.Cryptography;

namespace Cairn.Engine.Pictures;

/// <summary>What there is to draw of a store at one moment, while its run goes on or after it.</summary>
public sealed class CommittedPicture
{
    private const int PageBytes = 140 << 10;
    private readonly CommittedTimes _committed;
    private readonly PictureScores _scores;
    private readonly string _store;

    private CommittedPicture(string store, CommittedTimes committed, PictureScores scores) =>
        (_store, _committed, _scores) = (store, committed, scores);

    /// <summary>The page's own scripts in one, for a server whose pages may have none within them.</summary>
    public static string Script => PicturePage.Script;

    /// <summary>The part of it that knows light and dark, for pages beside it: the object <c>theme</c>.</summary>
    public static string Theme => PicturePage.Theme;

    /// <summary>The page's style.</summary>
    public static string Style => PicturePage.Style;

    /// <summary>Changes when more is committed or scored, and only then.</summary>
    public string Mark
    {
        get
        {
            var text = new StringBuilder(_store);
            foreach (var (fields, member) in _committed.Shown.SelectMany(time => Members(time.Fields)))
                text.Append(CultureInfo.InvariantCulture, $" {fields.Committed(member)?.Ticks ?? -1}");
            byte[] all = [.. Encoding.UTF8.GetBytes(text.ToString()), .. _scores.Bytes];
            return Convert.ToHexStringLower(SHA256.HashData(all))[..32];
        }
    }

    /// <summary>Values that drawing reads.</summary>
    public long Values => _committed.Shown.Sum(
        time => (long)time.Fields.Members * time.LeadTimes.Count * time.Fields.Variables.Count * time.Fields.PlaneLength);

    /// <summary>Looks at a store.</summary>
    /// <param name="files">The file system.</param>
    /// <param name="store">The field store's directory.</param>
    /// <exception cref="DataException">The store is damaged, or holds nothing committed yet.</exception>
    public static CommittedPicture Open(IDurableFiles files, string store)
    {
        var fields = FieldStoreKinds.Read(files, store);
        return new(store, new CommittedTimes(fields), PictureScores.Of(files, store, fields));
    }

    /// <summary>The page, as a file has it.</summary>
    /// <param name="caption">What to say of the run, or null to name the store only.</param>
    /// <param name="mostBytes">The size above which fields are thinned.</param>
    /// <exception cref="DataException">The store is damaged.</exception>
    public byte[] Draw(PictureCaption? caption, int mostBytes)
    {
        caption ??= new PictureCaption(NameOf(_store), []);
        var fields = _committed.Longest.Fields;
        var order = GridOrder.Of(fields.Rows, fields.Columns);
        var plan = PicturePlan.Fitting(_committed.Shape, mostBytes - PageBytes);
        while (true)
        {
            byte[][] blocks =
            [
                .. _committed.Shown.SelectMany(time => fields.Variables.Select(new VariableBlock(time, plan, order).Encode)),
            ];
            var page = PicturePage.Fill(
                $"{caption.Name}: forecast", new PictureFacts(_committed, plan, order, caption, _scores).ToJson(), blocks);
            // The estimate is made before a value is seen; noise compresses less than winds do.
            if (page.Length <= mostBytes || plan.Coarser() is not { } coarser)
                return page;
            plan = PicturePlan.Fitting(_committed.Shape, Math.Min(coarser.Estimate, plan.Estimate * mostBytes / page.Length * 0.95));
        }
    }

    private static IEnumerable<(StoredFields Fields, int Member)> Members(StoredFields fields) =>
        Enumerable.Range(0, fields.Members).Select(member => (fields, member));

    private static string NameOf(string store) => Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(store)));
}

/// <summary>The fields of a store that sessions cover, as of the start of the drawing: nothing else is drawn.</summary>
internal sealed class CommittedFields
{
    private readonly TimeSpan?[] _committed;

    public CommittedFields(StoredFields fields)
    {
        Fields = fields;
        _committed = [.. Enumerable.Range(0, fields.Members).Select(fields.Committed)];
        LeadTimes = [.. fields.LeadTimes.TakeWhile(leadTime => _committed.Any(c => c >= leadTime))];
        if (LeadTimes.Count == 0 || fields.Variables.Count == 0)
            throw new DataException($"{fields.Path} holds no committed lead time yet, so there is nothing to draw. "
                + "Draw it again once the run has committed a session.");
    }

    public StoredFields Fields { get; }

    /// <summary>Whether any member has committed its first lead time.</summary>
    public static bool HasAny(StoredFields fields) =>
        Enumerable.Range(0, fields.Members).Any(member => fields.Committed(member) >= fields.LeadTimes[0]);

    /// <summary>The lead times that at least one member has committed.</summary>
    public IReadOnlyList<TimeSpan> LeadTimes { get; }

    /// <summary>The lead times that every member has committed.</summary>
    public int WholeLeadTimes => LeadTimes.TakeWhile(leadTime => Count(leadTime) == Fields.Members).Count();

    public bool Has(int member, TimeSpan leadTime) => _committed[member] >= leadTime;

    /// <summary>How many members have committed a lead time.</summary>
    public int Count(TimeSpan leadTime) => _committed.Count(c => c >= leadTime);

    public PictureShape Shape =>
        new(Fields.Variables.Count, Fields.Members, LeadTimes.Count, Fields.Rows.Values.Count, Fields.Columns.Values.Count)
        {
            IsMesh = Fields.Mesh is not null,
        };
}

/// <summary>The initial times of a store with fields that sessions cover, each with its fields; of very many, some.</summary>
internal sealed class CommittedTimes
{
    /// <summary>A page has no more: each needs room of its own.</summary>
    private const int Most = 24;

    public CommittedTimes(StoredFields fields)
    {
        InStore = fields.Times.Count;
        var begun = fields.Times.Count == 1
            ? [fields]
            : Enumerable.Range(0, fields.Times.Count).Select(fields.At).Where(CommittedFields.HasAny).ToList();
        Step = (begun.Count + Most - 1) / Most;
        // Where nothing is committed, the first time's store reports that.
        var shown = (begun.Count > 0 ? begun : [fields.At(0)]).Where((_, i) => Step < 2 || i % Step == 0);
        Shown = [.. shown.Select(time => new CommittedFields(time))];
    }

    /// <summary>How many initial times the store has.</summary>
    public int InStore { get; }

    /// <summary>Every this many of those with something committed are shown.</summary>
    public int Step { get; }

    /// <summary>Those that are shown, in order.</summary>
    public IReadOnlyList<CommittedFields> Shown { get; }

    /// <summary>The one that reaches farthest: the lead times of all.</summary>
    public CommittedFields Longest => Shown.MaxBy(time => time.LeadTimes.Count)!;

    public PictureShape Shape => Longest.Shape with { Times = Shown.Count };
}
