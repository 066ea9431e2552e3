# With a family: one child in a session of its own that ignores TERM, one whose parent is gone.
ms=$(cat "$INPUT_DIR/ms.txt")
if [ "$(cat "$INPUT_DIR/family.txt")" = true ]; then
  setsid sh -c 'trap "" TERM HUP; sleep 300' >/dev/null 2>&1 &
  (sleep 300 >/dev/null 2>&1 &)
fi
echo "working"
sleep "$((ms / 1000)).$(printf %03d "$((ms % 1000))")"
echo "$TASK_ID" >"$OUTPUT_DIR/0.txt"
