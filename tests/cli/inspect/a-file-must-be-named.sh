otatool inspect
