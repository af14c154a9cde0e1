namespace Vfio.Nvme;

/// <summary>Puts completions into a span.</summary>
internal ref struct CompletionCollector(Span<NvmeCompletion> into) : INvmeCompletionHandler
{
    private readonly Span<NvmeCompletion> _into = into;
    private int _count;

    public void Complete(in NvmeCompletion completion) => _into[_count++] = completion;
}
