# A fixture for tests: says its prompt, counts its steps, and leaves the prompt as a file.
steps=$(cat "$INPUT_DIR/steps.txt")
mode=$(cat "$INPUT_DIR/mode.txt")
echo "hello from task $TASK_ID"
i=0
while [ "$i" -lt "$steps" ]; do
  i=$((i + 1))
  echo "{\"type\":\"progress\",\"percentage\":$((i * 100 / steps)),\"step\":$i,\"total\":$steps}"
done
case $mode in
  fail) echo "it broke" >&2; exit 3 ;;
  sleep) sleep 30 ;;
  stderr) echo "a warning" >&2 ;;
esac
cat "$INPUT_DIR/prompt.txt"
cat "$INPUT_DIR/prompt.txt" >"$OUTPUT_DIR/0.txt"
for picture in "$INPUT_DIR"/inputImage-*; do
  [ -f "$picture" ] && cp "$picture" "$OUTPUT_DIR/1.png"
done
exit 0
