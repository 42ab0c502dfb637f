fake_device vanish=1 otatool monitor --port nowhere
