# tqdm's own format: a carriage return before each bar, no line end until the last one.
printf '\rSampling:   0%%|          | 0/4 [00:00<?, ?it/s]' >&2
sleep 0.2
printf '\rSampling:  50%%|#####     | 2/4 [00:01<00:01,  2.00it/s]' >&2
sleep 0.2
printf '\rSampling: 100%%|##########| 4/4 [00:02<00:00,  2.00it/s]\n' >&2
echo "done" >"$OUTPUT_DIR/0.txt"
