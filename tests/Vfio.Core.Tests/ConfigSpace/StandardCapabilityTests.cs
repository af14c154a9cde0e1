namespace Vfio.Core.Tests;

/// <summary>The capabilities in the first 256 bytes: the lab's devices, and what those do not have.</summary>
public sealed class StandardCapabilityTests
{
    [Fact]
    public void Msix()
    {
        PciMsix msix = Get<PciMsix>(LabImages.Nvme());

        Assert.Equal(65, msix.TableSize);
        Assert.Equal((0, 0x2000u), (msix.TableBar, msix.TableOffset));
        Assert.Equal((0, 0x3000u), (msix.PendingBitsBar, msix.PendingBitsOffset));
        Assert.False(msix.IsEnabled || msix.IsMasked);

        PciMsix port = Get<PciMsix>(LabImages.RootPort());
        Assert.Equal((1, true, false), (port.TableSize, port.IsEnabled, port.IsMasked));

        PciMsix card = Get<PciMsix>(LabImages.IgbPhysical());
        Assert.Equal((10, 3, 0u, 3, 0x2000u), (card.TableSize, card.TableBar, card.TableOffset, card.PendingBitsBar, card.PendingBitsOffset));

        PciMsix full = Get<PciMsix>(new ConfigBytes().Capability(0x50, 0x11, "ff 47 00 00 00 00 00 00 00 00"));
        Assert.Equal((2048, false, true), (full.TableSize, full.IsEnabled, full.IsMasked));
    }

    [Fact]
    public void Msi()
    {
        PciMsi edu = Get<PciMsi>(LabImages.Edu());
        Assert.Equal((1, 1, true, false, false), (edu.VectorCount, edu.EnabledVectorCount, edu.Is64Bit, edu.HasMask, edu.IsEnabled));

        PciMsi full = Get<PciMsi>(new ConfigBytes().Capability(0x50, 5, "bb 01 00 00 e0 fe 01 00 00 00 31 40 00 00 02 00 00 00 04 00 00 00"));
        Assert.Equal((32, 8, true, true, true), (full.VectorCount, full.EnabledVectorCount, full.Is64Bit, full.HasMask, full.IsEnabled));
        Assert.Equal((0x1_fee0_0000UL, 0x4031, 2u, 4u), (full.Address, full.Data, full.Mask, full.Pending));

        PciMsi narrow = Get<PciMsi>(new ConfigBytes().Capability(0x50, 5, "00 01 00 00 e0 fe 31 40 00 00 02 00 00 00 04 00 00 00"));
        Assert.Equal((false, true, 0xfee0_0000UL, 0x4031, 2u, 4u), (narrow.Is64Bit, narrow.HasMask, narrow.Address, narrow.Data, narrow.Mask, narrow.Pending));

        PciMsi least = Get<PciMsi>(new ConfigBytes(256).Capability(0xf4, 5, "00 00 00 00 e0 fe 31 40"));
        Assert.Equal((false, false, 0x4031, 0u), (least.Is64Bit, least.HasMask, least.Data, least.Mask));
    }

    [Fact]
    public void Power_management()
    {
        PciPowerManagement nvme = Get<PciPowerManagement>(LabImages.Nvme());
        Assert.Equal((3, PciPowerState.D0, true), (nvme.Version, nvme.State, nvme.NoSoftReset));
        Assert.Equal(PciPowerStates.None, nvme.PmeStates);

        PciPowerManagement full = Get<PciPowerManagement>(new ConfigBytes().Capability(0x40, 1, "02 ce 03 81"));
        Assert.Equal((true, true, PciPowerState.D3Hot, false), (full.SupportsD1, full.SupportsD2, full.State, full.NoSoftReset));
        Assert.Equal(PciPowerStates.D0 | PciPowerStates.D3Hot | PciPowerStates.D3Cold, full.PmeStates);
        Assert.True(full.IsPmeEnabled && full.IsPmePending);
    }

    [Fact]
    public void Express_of_an_integrated_endpoint()
    {
        PciExpress nvme = Get<PciExpress>(LabImages.Nvme());

        Assert.Equal((2, PciExpressType.IntegratedEndpoint), (nvme.Version, nvme.Type));
        Assert.True(nvme.HasFunctionLevelReset);
        Assert.False(nvme.HasLink || nvme.HasSlot || nvme.IsTransactionPending);
        Assert.Equal((0, PciLinkSpeed.Unknown), (nvme.LinkWidth, nvme.LinkSpeed));
        Assert.Equal((128, 128, 128), (nvme.MaxPayloadSupported, nvme.MaxPayload, nvme.MaxReadRequest));
    }

    [Fact]
    public void Express_of_a_port()
    {
        PciExpress port = Get<PciExpress>(LabImages.RootPort());

        Assert.Equal((PciExpressType.RootPort, true, true), (port.Type, port.HasSlot, port.HasLink));
        Assert.Equal((PciLinkSpeed.Gen4, 32), (port.MaxLinkSpeed, port.MaxLinkWidth));
        Assert.Equal((PciLinkSpeed.Gen1, 1, false), (port.LinkSpeed, port.LinkWidth, port.IsLinkActive));
        Assert.True(port.SupportsAriForwarding && port.IsAriForwardingEnabled);
        Assert.False(port.HasFunctionLevelReset);
    }

    [Fact]
    public void Express_with_everything()
    {
        PciExpress all = Get<PciExpress>(new ConfigBytes().Capability(
            0x80, 0x10, "02 00 02 00 00 10 50 29 2f 00 05 02 00 05 40 00 05 21 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 c0 0b 00 00 c0 04"));

        Assert.Equal((512, 512, 512), (all.MaxPayloadSupported, all.MaxPayload, all.MaxReadRequest));
        Assert.Equal(PciExpressErrors.Correctable | PciExpressErrors.NonFatal | PciExpressErrors.Fatal | PciExpressErrors.UnsupportedRequest, all.Errors);
        Assert.True(all.IsTransactionPending);
        Assert.True(all.IsRelaxedOrderingEnabled && all.IsNoSnoopEnabled && all.IsExtendedTagEnabled);
        Assert.Equal((PciLinkSpeed.Gen5, 32, 5), (all.MaxLinkSpeed, all.MaxLinkWidth, all.PortNumber));
        Assert.Equal((PciLinkSpeed.Gen5, 16, true), (all.LinkSpeed, all.LinkWidth, all.IsLinkActive));
        Assert.Equal(PciAtomics.Routing | PciAtomics.Completer32 | PciAtomics.Completer64 | PciAtomics.Completer128, all.Atomics);
        Assert.True(all.IsAtomicRequesterEnabled && all.IsAtomicEgressBlocked);
        Assert.True(all.SupportsLatencyToleranceReporting && all.IsLatencyToleranceReportingEnabled);
    }

    [Fact]
    public void Express_of_the_first_version_is_shorter()
    {
        PciExpress first = Get<PciExpress>(new ConfigBytes(256).Capability(0xec, 0x10, "01 00 00 00 00 10"));

        Assert.False(first.HasSecondRegisters);
        Assert.True(first.HasFunctionLevelReset);
        Assert.Equal(PciPresence.Malformed, new ConfigBytes(256).Capability(0xec, 0x10, "02 00").Image.Find(out PciExpress _));
        Assert.Equal(PciPresence.Malformed, new ConfigBytes(256).Capability(0xf0, 0x10, "01 00").Image.Find(out PciExpress _));
        Assert.True(Get<PciExpress>(new ConfigBytes(256).Capability(0xf4, 0x10, "91 00 00 00 00 10")).HasFunctionLevelReset);
    }

    [Fact]
    public void Advanced_features()
    {
        PciAdvancedFeatures features = Get<PciAdvancedFeatures>(new ConfigBytes().Capability(0x40, 0x13, "06 03 00 01"));

        Assert.True(features.HasFunctionLevelReset && features.HasTransactionPending && features.IsTransactionPending);
        Assert.False(Get<PciAdvancedFeatures>(new ConfigBytes().Capability(0x40, 0x13, "06 01 00 00")).HasFunctionLevelReset);
    }

    [Fact]
    public void Small_ones()
    {
        Assert.Equal(0x14, Get<PciVendorSpecific>(new ConfigBytes().Capability(0x40, 9, "14")).Length);
        Assert.Equal(new PciBridgeSubsystem(0x1b36, 0), Get<PciBridgeSubsystem>(LabImages.RootPort()));
        PciVitalProductData vpd = Get<PciVitalProductData>(new ConfigBytes().Capability(0x40, 3, "10 80 01 02 03 04"));
        Assert.Equal((0x10, true, 0x0403_0201u), (vpd.Address, vpd.Flag, vpd.Data));
    }

    [Fact]
    public void Enhanced_allocation()
    {
        // An entry of 32 bits, and one of 64 bits in both.
        ConfigBytes bytes = new ConfigBytes().Capability(
            0x40, 0x14, "02 00 02 00 ff 80 00 00 00 f0 fc ff 00 00 34 05 03 c0 02 00 00 80 fe ff 0f 00 01 00 00 00 02 00 00 00");

        Assert.Equal(2, Get<PciEnhancedAllocation>(bytes).EntryCount);
        PciEnhancedAllocationEntry[] entries = Entries(bytes, PciHeaderType.Normal);
        Assert.Equal(2, entries.Length);
        Assert.Equal((0xf000_0000UL, 0xffffUL, true, false, 0), (entries[0].Base, entries[0].MaxOffset, entries[0].IsEnabled, entries[0].IsWritable, entries[0].BarEquivalent));
        Assert.Equal((0x1_8000_0000UL, 0x2_000f_ffffUL, 3, 5), (entries[1].Base, entries[1].MaxOffset, entries[1].BarEquivalent, entries[1].PrimaryProperties));
        Assert.True(entries[1].IsEnabled && entries[1].IsWritable);
    }

    [Fact]
    public void Enhanced_allocation_ends_where_the_bytes_do()
    {
        Assert.Empty(Entries(new ConfigBytes(256).Capability(0xfc, 0x14, "3f"), PciHeaderType.Normal));
        Assert.Equal(30, Entries(new ConfigBytes(256).Capability(0x40, 0x14, "1e"), PciHeaderType.Bridge).Length);
        Assert.Equal(47, Entries(new ConfigBytes(256).Capability(0x40, 0x14, "3f"), PciHeaderType.Normal).Length);
        Assert.Single(Entries(new ConfigBytes(256).Capability(0xf0, 0x14, "3f 00 00 00 00 00 04"), PciHeaderType.Normal));
    }

    private static PciEnhancedAllocationEntry[] Entries(ConfigBytes bytes, PciHeaderType type)
    {
        foreach (PciCapability capability in bytes.Image.Capabilities)
        {
            List<PciEnhancedAllocationEntry> entries = [];
            foreach (PciEnhancedAllocationEntry entry in new PciEnhancedAllocationEntries(bytes.Image.BytesAt(capability.Offset), type))
            {
                entries.Add(entry);
            }

            return [.. entries];
        }

        return [];
    }

    private static T Get<T>(ConfigBytes bytes)
        where T : struct, IPciCapability<T>
    {
        Assert.Equal(PciPresence.Present, bytes.Image.Find(out T capability));
        return capability;
    }
}
