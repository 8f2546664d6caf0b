using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Cairn.Engine.Stores;
using Cairn.Storage.Durable;
using Cairn.Storage.Fields;

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
            {
                text.Append(CultureInfo.InvariantCulture, $" {fields.Committed(member)?.Ticks ?? -1}");
            }

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
            {
                return page;
            }

            plan = PicturePlan.Fitting(_committed.Shape, Math.Min(coarser.Estimate, plan.Estimate * mostBytes / page.Length * 0.95));
        }
    }

    private static IEnumerable<(StoredFields Fields, int Member)> Members(StoredFields fields) =>
        Enumerable.Range(0, fields.Members).Select(member => (fields, member));

    private static string NameOf(string store) => Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(store)));
}
