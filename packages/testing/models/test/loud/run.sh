# Lines of 100 characters, on both streams.
bytes=$(($(cat "$INPUT_DIR/megabytes.txt") * 1000000))
line=$(printf '%099d' 0)
yes "$line" | head -c "$bytes"
yes "$line" | head -c "$bytes" >&2
