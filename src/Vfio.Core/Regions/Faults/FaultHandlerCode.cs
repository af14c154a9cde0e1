using System.Buffers.Binary;

namespace Vfio.Core;

/// <summary>
/// The handler of <c>SIGBUS</c>, in machine code for x64. A managed method cannot be one: the signal comes in the middle of managed
/// code, and a method that is called from outside has to wait for the garbage collector.
/// </summary>
/// <remarks>
/// <para>It is called as C calls it: the signal in rdi, the cause (<c>siginfo_t</c>) in rsi, the state of the thread in rdx. It looks
/// the address up in the ranges of <see cref="FaultTable"/>. In one of them it marks the range, puts zeros over 2 MiB around the
/// address, marks it again, and returns, so that the access is made again and goes to the zeros. (Not over less, because a mapping for each page would
/// be too many; nor over all of it, because where all memory is locked it is allocated at once.) Anything else is the business of the handler
/// that was there before, which finds all as if it had been called itself.</para>
/// <para>Only system calls and locked instructions: it may interrupt any code, on any number of threads at once. It changes no register
/// that a handler must keep, no errno, and needs 40 bytes of stack.</para>
/// </remarks>
internal static class FaultHandlerCode
{
    /// <summary>Where the first chunk of the table goes.</summary>
    private const int TableSlot = 0x0c;

    /// <summary>Where the previous handler goes.</summary>
    private const int PreviousSlot = 0x42;

    /// <summary>What stands in for a previous handler that is the default: it restores that, and raises the signal again.</summary>
    public const int DefaultOffset = 0xe0;

    /// <summary>What stands in for a signal that was ignored: one that the kernel raised for an access cannot be.</summary>
    public const int IgnoreOffset = 0x140;

    private static readonly byte[] _template =
    [
        // entry:
        0x83, 0x7e, 0x08, 0x02,                                     // 00  cmp  dword [rsi+8], 2        si_code is BUS_ADRERR?
        0x75, 0x3a,                                                 // 04  jne  miss
        0x4c, 0x8b, 0x46, 0x10,                                     // 06  mov  r8, [rsi+16]            si_addr
        0x49, 0xb9, 0, 0, 0, 0, 0, 0, 0, 0,                         // 0a  mov  r9, TABLE

        // chunk:
        0x4d, 0x8d, 0x51, 0x40,                                     // 14  lea  r10, [r9+64]            its first range
        0xb9, 0x3f, 0x00, 0x00, 0x00,                               // 18  mov  ecx, 63                 of so many

        // range:
        0x49, 0x8b, 0x02,                                           // 1d  mov  rax, [r10]              start
        0x49, 0x39, 0xc0,                                           // 20  cmp  r8, rax
        0x72, 0x0b,                                                 // 23  jb   next
        0x4d, 0x3b, 0x42, 0x08,                                     // 25  cmp  r8, [r10+8]             end; zero in one that is free
        0x73, 0x05,                                                 // 29  jae  next
        0x49, 0x3b, 0x02,                                           // 2b  cmp  rax, [r10]              start and end belong together?
        0x74, 0x1c,                                                 // 2e  je   hit

        // next:
        0x49, 0x83, 0xc2, 0x40,                                     // 30  add  r10, 64
        0xff, 0xc9,                                                 // 34  dec  ecx
        0x75, 0xe5,                                                 // 36  jnz  range
        0x4d, 0x8b, 0x09,                                           // 38  mov  r9, [r9]                the next chunk
        0x4d, 0x85, 0xc9,                                           // 3b  test r9, r9
        0x75, 0xd4,                                                 // 3e  jnz  chunk

        // miss:
        0x48, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0,                         // 40  mov  rax, PREVIOUS
        0xff, 0xe0,                                                 // 4a  jmp  rax

        // hit:
        0x57,                                                       // 4c  push rdi
        0x56,                                                       // 4d  push rsi
        0x52,                                                       // 4e  push rdx
        0x41, 0x52,                                                 // 4f  push r10
        0xf0, 0x49, 0xff, 0x42, 0x18,                               // 51  lock inc qword [r10+24]      pending
        0xf0, 0x49, 0x83, 0x4a, 0x10, 0x01,                         // 56  lock or  qword [r10+16], 1   epoch: not the device's pages
        0xf0, 0x49, 0x83, 0x42, 0x10, 0x02,                         // 5c  lock add qword [r10+16], 2
        0xb8, 0x44, 0x01, 0x00, 0x00,                               // 62  mov  eax, 324                membarrier(
        0xbf, 0x08, 0x00, 0x00, 0x00,                               // 67  mov  edi, 8                    PRIVATE_EXPEDITED,
        0x31, 0xf6,                                                 // 6c  xor  esi, esi                  0,
        0x31, 0xd2,                                                 // 6e  xor  edx, edx                  0)
        0x0f, 0x05,                                                 // 70  syscall
        0x4c, 0x8b, 0x14, 0x24,                                     // 72  mov  r10, [rsp]
        0xb8, 0x09, 0x00, 0x00, 0x00,                               // 76  mov  eax, 9                  mmap(
        0x4c, 0x89, 0xc7,                                           // 7b  mov  rdi, r8
        0x48, 0x81, 0xe7, 0x00, 0x00, 0xe0, 0xff,                   // 7e  and  rdi, -2 MiB                the 2 MiB around it,
        0x48, 0x8d, 0xb7, 0x00, 0x00, 0x20, 0x00,                   // 85  lea  rsi, [rdi+2 MiB]
        0x49, 0x3b, 0x3a,                                           // 8c  cmp  rdi, [r10]                 but not before the start
        0x49, 0x0f, 0x42, 0x3a,                                     // 8f  cmovb rdi, [r10]
        0x49, 0x3b, 0x72, 0x08,                                     // 93  cmp  rsi, [r10+8]               nor behind the end,
        0x49, 0x0f, 0x47, 0x72, 0x08,                               // 97  cmova rsi, [r10+8]
        0x48, 0x29, 0xfe,                                           // 9c  sub  rsi, rdi
        0xba, 0x03, 0x00, 0x00, 0x00,                               // 9f  mov  edx, 3                    PROT_READ | PROT_WRITE,
        0x49, 0xc7, 0xc0, 0xff, 0xff, 0xff, 0xff,                   // a4  mov  r8, -1
        0x45, 0x31, 0xc9,                                           // ab  xor  r9d, r9d                  MAP_PRIVATE | MAP_FIXED |
        0x41, 0xba, 0x32, 0x40, 0x00, 0x00,                         // ae  mov  r10d, 0x4032              MAP_ANONYMOUS | MAP_NORESERVE,
        0x0f, 0x05,                                                 // b4  syscall                        -1, 0)
        0x41, 0x5a,                                                 // b6  pop  r10
        0x5a,                                                       // b8  pop  rdx
        0x5e,                                                       // b9  pop  rsi
        0x5f,                                                       // ba  pop  rdi
        0xf0, 0x49, 0x83, 0x4a, 0x10, 0x01,                         // bb  lock or  qword [r10+16], 1
        0xf0, 0x49, 0x83, 0x42, 0x10, 0x02,                         // c1  lock add qword [r10+16], 2
        0xf0, 0x49, 0xff, 0x4a, 0x18,                               // c7  lock dec qword [r10+24]
        0x48, 0x3d, 0x00, 0xf0, 0xff, 0xff,                         // cc  cmp  rax, -4096
        0x0f, 0x87, 0x68, 0xff, 0xff, 0xff,                         // d2  ja   miss                    no memory: end as without a handler
        0xc3,                                                       // d8  ret
        0x0f, 0x1f, 0x80, 0x00, 0x00, 0x00, 0x00,                   // d9  nop

        // default:
        0x48, 0x83, 0xec, 0x28,                                     // e0  sub  rsp, 40
        0x31, 0xc0,                                                 // e4  xor  eax, eax
        0x48, 0x89, 0x04, 0x24,                                     // e6  mov  [rsp], rax              the kernel's sigaction: SIG_DFL
        0x48, 0x89, 0x44, 0x24, 0x08,                               // ea  mov  [rsp+8], rax
        0x48, 0x89, 0x44, 0x24, 0x10,                               // ef  mov  [rsp+16], rax
        0x48, 0x89, 0x44, 0x24, 0x18,                               // f4  mov  [rsp+24], rax
        0xb8, 0x0d, 0x00, 0x00, 0x00,                               // f9  mov  eax, 13                 rt_sigaction(
        0xbf, 0x07, 0x00, 0x00, 0x00,                               // fe  mov  edi, 7                    SIGBUS,
        0x48, 0x89, 0xe6,                                           // 103 mov  rsi, rsp
        0x31, 0xd2,                                                 // 106 xor  edx, edx                  NULL,
        0x41, 0xba, 0x08, 0x00, 0x00, 0x00,                         // 108 mov  r10d, 8                   8)
        0x0f, 0x05,                                                 // 10e syscall
        0xb8, 0x27, 0x00, 0x00, 0x00,                               // 110 mov  eax, 39                 getpid()
        0x0f, 0x05,                                                 // 115 syscall
        0x48, 0x89, 0xc7,                                           // 117 mov  rdi, rax
        0xb8, 0xba, 0x00, 0x00, 0x00,                               // 11a mov  eax, 186                gettid()
        0x0f, 0x05,                                                 // 11f syscall
        0x48, 0x89, 0xc6,                                           // 121 mov  rsi, rax
        0xba, 0x07, 0x00, 0x00, 0x00,                               // 124 mov  edx, 7
        0xb8, 0xea, 0x00, 0x00, 0x00,                               // 129 mov  eax, 234                tgkill(pid, tid, SIGBUS)
        0x0f, 0x05,                                                 // 12e syscall
        0x48, 0x83, 0xc4, 0x28,                                     // 130 add  rsp, 40
        0xc3,                                                       // 134 ret                          where it is held back no longer
        0x66, 0x66, 0x2e, 0x0f, 0x1f, 0x84, 0, 0, 0, 0, 0,          // 135 nop

        // ignore:
        0x83, 0x7e, 0x08, 0x00,                                     // 140 cmp  dword [rsi+8], 0        somebody sent it?
        0x7f, 0x9a,                                                 // 144 jg   default
        0xc3,                                                       // 146 ret
    ];

    /// <summary>How many bytes it has.</summary>
    public static int Length => _template.Length;

    /// <summary>Writes the handler.</summary>
    /// <param name="destination">Where, with <see cref="Length"/> bytes.</param>
    /// <param name="table">The address of the table's first chunk.</param>
    /// <param name="previous">The address of the handler that takes what is not the library's.</param>
    public static void Write(Span<byte> destination, nint table, nint previous)
    {
        _template.CopyTo(destination);
        BinaryPrimitives.WriteInt64LittleEndian(destination[TableSlot..], table);
        BinaryPrimitives.WriteInt64LittleEndian(destination[PreviousSlot..], previous);
    }
}
