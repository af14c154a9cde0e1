namespace Vfio.Nvme;

/// <summary>Takes the ends of commands. A structure, so that the compiler makes the call direct, and mostly none at all.</summary>
public interface INvmeCompletionHandler
{
    /// <summary>Takes the end of one command. It may submit others to the same queue, and must not reap.</summary>
    void Complete(in NvmeCompletion completion);
}
