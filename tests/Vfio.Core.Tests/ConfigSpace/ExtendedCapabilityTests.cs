namespace Vfio.Core.Tests;

/// <summary>The capabilities behind the first 256 bytes: the lab's devices, and what those do not have.</summary>
public sealed class ExtendedCapabilityTests
{
    private const PciUncorrectableErrors UsuallyFatal = PciUncorrectableErrors.DataLinkProtocol | PciUncorrectableErrors.SurpriseDown
        | PciUncorrectableErrors.FlowControl | PciUncorrectableErrors.ReceiverOverflow | PciUncorrectableErrors.MalformedTlp | PciUncorrectableErrors.Internal;

    [Fact]
    public void Sriov()
    {
        PciSriov sriov = Get<PciSriov>(LabImages.IgbPhysical());

        Assert.Equal((8, 8, 2), (sriov.TotalVfs, sriov.InitialVfs, sriov.NumVfs));
        Assert.Equal((0x80, 2, 0x10ca), (sriov.FirstVfOffset, sriov.VfStride, sriov.VfDeviceId));
        Assert.True(sriov.IsVfEnabled && sriov.IsVfMemoryEnabled && sriov.IsAriHierarchy);
        Assert.Equal((0x553u, 4096UL), (sriov.SupportedPageSizes, sriov.PageSize));
        Assert.Equal(new PciBar(PciBarKind.Memory64, 0xc0_6000_0000, IsPrefetchable: true), sriov.VfBars[0]);
        Assert.Equal(new PciBar(PciBarKind.Memory64, 0xc0_6002_0000, IsPrefetchable: true), sriov.VfBars[3]);

        // 01:00.0 has its virtual functions at 01:10.0 and 01:10.2.
        Assert.Equal(0x0180, sriov.RoutingIdOfVf(0x0100, 0));
        Assert.Equal(0x0182, sriov.RoutingIdOfVf(0x0100, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => sriov.RoutingIdOfVf(0x0100, 8));
        Assert.Throws<ArgumentOutOfRangeException>(() => sriov.RoutingIdOfVf(0x0100, -1));
    }

    [Fact]
    public void Advanced_errors()
    {
        PciAdvancedErrors errors = Get<PciAdvancedErrors>(LabImages.IgbPhysical());
        Assert.Equal(PciUncorrectableErrors.None, errors.Uncorrectable);
        Assert.Equal(PciUncorrectableErrors.Internal | PciUncorrectableErrors.TlpPrefixBlocked, errors.UncorrectableMask);
        Assert.Equal(UsuallyFatal, errors.Severity);
        Assert.Equal(PciCorrectableErrors.AdvisoryNonFatal | PciCorrectableErrors.Internal | PciCorrectableErrors.HeaderLogOverflow, errors.CorrectableMask);
        Assert.False(errors.IsEcrcGenerationEnabled || errors.IsEcrcCheckEnabled);

        PciAdvancedErrors seen = Get<PciAdvancedErrors>(new ConfigBytes().Extended(0x100, 1, "00 40 00 80 00 00 00 00 00 00 00 00 01 00 00 00 00 00 00 00 4e 01"));
        Assert.Equal(PciUncorrectableErrors.CompletionTimeout | PciUncorrectableErrors.TranslationBlocked, seen.Uncorrectable);
        Assert.Equal(PciCorrectableErrors.Receiver, seen.Correctable);
        Assert.Equal((14, true, true), (seen.FirstError, seen.IsEcrcGenerationEnabled, seen.IsEcrcCheckEnabled));
    }

    [Fact]
    public void Access_control()
    {
        PciAccessControlServices port = Get<PciAccessControlServices>(LabImages.RootPort());
        Assert.Equal(
            PciAccessControl.SourceValidation | PciAccessControl.TranslationBlocking | PciAccessControl.RequestRedirect
                | PciAccessControl.CompletionRedirect | PciAccessControl.UpstreamForwarding | PciAccessControl.DirectTranslated,
            port.Supported);
        Assert.Equal(
            PciAccessControl.SourceValidation | PciAccessControl.RequestRedirect | PciAccessControl.CompletionRedirect | PciAccessControl.UpstreamForwarding,
            port.Enabled);
        Assert.Equal(0, port.EgressControlBits);

        Assert.Equal(256, Get<PciAccessControlServices>(new ConfigBytes().Extended(0x100, 0xd, "20 00 00 00")).EgressControlBits);
        PciAccessControlServices some = Get<PciAccessControlServices>(new ConfigBytes().Extended(0x100, 0xd, "a0 08 80 00"));
        Assert.Equal((8, PciAccessControl.EgressControl, PciAccessControl.None), (some.EgressControlBits, some.Supported, some.Enabled));
    }

    [Fact]
    public void Routing_and_translation()
    {
        PciAlternativeRouting ari = Get<PciAlternativeRouting>(new ConfigBytes().Extended(0x100, 0xe, "02 05 00 00"));
        Assert.Equal((5, false, true), (ari.NextFunction, ari.HasArbitrationGroups, ari.HasAccessControlGroups));
        Assert.Equal(0, Get<PciAlternativeRouting>(LabImages.IgbVirtual()).NextFunction);

        PciAddressTranslation ats = Get<PciAddressTranslation>(new ConfigBytes().Extended(0x100, 0xf, "20 00 01 80"));
        Assert.Equal((32, true, true, 8192UL), (ats.QueueDepth, ats.IsPageAligned, ats.IsEnabled, ats.SmallestTranslation));
        Assert.Equal(7, Get<PciAddressTranslation>(new ConfigBytes().Extended(0x100, 0xf, "07 00 00 00")).QueueDepth);

        PciPageRequests pri = Get<PciPageRequests>(new ConfigBytes().Extended(0x100, 0x13, "01 00 03 81 00 01 00 00 40 00 00 00"));
        Assert.Equal((256u, 64u), (pri.Capacity, pri.Allocation));
        Assert.True(pri.IsEnabled && pri.HasFailed && pri.HasUnexpectedAnswer && pri.IsStopped && pri.NeedsPasidInAnswers);

        PciProcessAddressSpaces pasid = Get<PciProcessAddressSpaces>(new ConfigBytes().Extended(0x100, 0x1b, "06 14 03 00"));
        Assert.Equal(20, pasid.Width);
        Assert.True(pasid.SupportsExecute && pasid.SupportsPrivileged && pasid.IsEnabled && pasid.IsExecuteEnabled);
        Assert.False(pasid.IsPrivilegedEnabled);
    }

    [Fact]
    public void Resizable_bars()
    {
        // BAR 0 has 256 MiB of 256 MiB to 16 GiB, BAR 2 1 MiB of sizes up to 512 TiB.
        PciResizableBars found = Get<PciResizableBars>(new ConfigBytes().Extended(0x100, 0x15, "00 f0 07 00 40 08 00 00 10 00 00 00 02 00 02 00"));

        Assert.Equal(2, found.Bars.Count);
        PciResizableBar first = found.Bars[0];
        Assert.Equal((0, 1UL << 28, 1UL << 34), (first.Index, first.Size, first.LargestSize));
        Assert.True(first.Supports(1UL << 28) && first.Supports(1UL << 34));
        Assert.False(first.Supports(1UL << 27) || first.Supports(1UL << 35) || first.Supports(0) || first.Supports((1UL << 28) + 1) || first.Supports(1));
        PciResizableBar second = found.Bars[1];
        Assert.Equal((2, 1UL << 20, 1UL << 49), (second.Index, second.Size, second.LargestSize));
        Assert.Throws<ArgumentOutOfRangeException>(() => found.Bars[2]);
        Assert.Throws<ArgumentOutOfRangeException>(() => found.Bars[-1]);
    }

    [Fact]
    public void Resizable_bars_that_make_no_sense()
    {
        Assert.Equal(0UL, Get<PciResizableBars>(new ConfigBytes().Extended(0x100, 0x15, "00 00 00 00 20 3f 00 00")).Bars[0].Size);
        Assert.Equal(6, Get<PciVfResizableBars>(new ConfigBytes().Extended(0x100, 0x24, "00 00 00 00 e0 00 00 00")).Bars.Count);
        Assert.Equal(0, Get<PciVfResizableBars>(new ConfigBytes().Extended(0x100, 0x24)).Bars.Count);
        Assert.Equal(PciPresence.Malformed, new ConfigBytes().Extended(0x100, 1).Extended(0xff0, 0x15, "00 00 00 00 40 00 00 00").Image.Find(out PciResizableBars _));
        Assert.Equal(0UL, new PciResizableBar(0, 0).LargestSize);
    }

    [Fact]
    public void Latency_and_hints()
    {
        PciLatencyTolerance ltr = Get<PciLatencyTolerance>(new ConfigBytes().Extended(0x100, 0x18, "03 10 ff 17"));
        Assert.Equal((3L << 20, 1023L << 25), (ltr.MaxSnoopNanoseconds, ltr.MaxNoSnoopNanoseconds));

        PciTransactionHints tph = Get<PciTransactionHints>(new ConfigBytes().Extended(0x100, 0x17, "07 03 3f 00 00 01 00 00"));
        Assert.Equal((PciSteeringTable.Capability, 64), (tph.Table, tph.TableSize));
        Assert.True(tph.SupportsNoTags && tph.SupportsTagsByVector && tph.SupportsTagsByDevice && tph.SupportsExtendedTags && tph.IsEnabled);
        Assert.Equal(0, Get<PciTransactionHints>(new ConfigBytes().Extended(0x100, 0x17)).TableSize);
    }

    [Fact]
    public void Vendors_and_mailboxes()
    {
        PciDesignatedVendorSpecific cxl = Get<PciDesignatedVendorSpecific>(new ConfigBytes().Extended(0x100, 0x23, "98 1e c2 03 00 00"));
        Assert.Equal((0x1e98, 2, 0x3c, 0), (cxl.VendorId, cxl.Revision, cxl.Length, cxl.DvsecId));
        Assert.Equal((true, "CXL Device"), (cxl.IsCxl, cxl.CxlName));
        PciDesignatedVendorSpecific other = Get<PciDesignatedVendorSpecific>(new ConfigBytes().Extended(0x100, 0x23, "86 80 00 01 08 00"));
        Assert.Equal((false, null, 0x10, 8), (other.IsCxl, other.CxlName, other.Length, other.DvsecId));
        Assert.Null(Get<PciDesignatedVendorSpecific>(new ConfigBytes().Extended(0x100, 0x23, "98 1e 00 01 ff 00")).CxlName);

        Assert.Equal(new PciVendorSpecificExtended(0x1234, 5, 0x24), Get<PciVendorSpecificExtended>(new ConfigBytes().Extended(0x100, 0xb, "34 12 45 02")));
        Assert.Equal(0x0011_22ff_fe33_4455UL, Get<PciSerialNumber>(new ConfigBytes().Extended(0x100, 3, "55 44 33 fe ff 22 11 00")).Value);

        PciDataObjectExchange doe = Get<PciDataObjectExchange>(new ConfigBytes().Extended(0x100, 0x2e, "07 00 00 00 02 00 00 00 05 00 00 80"));
        Assert.Equal(3, doe.InterruptMessage);
        Assert.True(doe.SupportsInterrupt && doe.IsInterruptEnabled && doe.IsBusy && doe.HasError && doe.IsAnswerReady);
    }

    [Fact]
    public void Several_of_a_kind_are_read_where_they_are()
    {
        PciConfigImage image = new ConfigBytes().Extended(0x100, 0x23, "86 80 00 01 08 00").Extended(0x200, 0x23, "98 1e c2 03 08 00").Image;
        List<int> ids = [];
        foreach (PciExtendedCapability it in image.ExtendedCapabilities)
        {
            Assert.Equal("Designated Vendor-Specific Extended", it.Name);
            Assert.Equal(PciPresence.Present, image.Read(it.Offset, out PciDesignatedVendorSpecific dvsec));
            ids.Add(dvsec.VendorId);
        }

        Assert.Equal([0x8086, 0x1e98], ids);
        Assert.Equal(PciPresence.Malformed, image.Read(0x200, out PciSriov _));
        Assert.Equal(PciPresence.Malformed, image.Read(0x40, out PciDesignatedVendorSpecific _));
        Assert.Equal(PciPresence.Malformed, image.Read(4096, out PciDesignatedVendorSpecific _));
        Assert.Throws<ArgumentOutOfRangeException>(() => image.Read(-4, out PciDesignatedVendorSpecific _));
    }

    private static T Get<T>(ConfigBytes bytes)
        where T : struct, IPciCapability<T>
    {
        Assert.Equal(PciPresence.Present, bytes.Image.Find(out T capability));
        return capability;
    }
}
