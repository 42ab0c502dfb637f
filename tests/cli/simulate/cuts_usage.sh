for options in '--cuts=three' '--cuts=random:0' '--cuts=random:x' '--tears=0' \
    '--fleet=0' '--waves=50' '--waves=60,50,100' '--waves=1,x,100' \
    '--radio-loss=101' '--power-cuts=x' '--attempts=0' '--stop-at=0' \
    '--profiles=some' '--gear=first' '--jobs=0' '--seed=-1' '--upstream' \
    '--report=x.html' '--cuts=one --fleet=3' \
    '--cuts=one --gear=emulator --upstream'; do
    status=0
    otatool simulate $options pack.bin || status=$?
    echo "$options: $status"
done
