cp "$INPUT_DIR"/picture-* "$OUTPUT_DIR"/ 2>/dev/null
echo "{\"type\":\"usage\",\"tokens\":1200,\"usd\":\"0.02\"}"
exit 0
