# A fixture for tests of the pages: the document that was sent is what it makes, longer by what nobody reads where it says so.
cp "$INPUT_DIR"/document-* "$OUTPUT_DIR/report.pdf"
if grep -q "% huge" "$OUTPUT_DIR/report.pdf"; then truncate -s 65000000 "$OUTPUT_DIR/report.pdf"; fi
