# cmake -DDOCUMENT=... -DTEMPLATE=... -DOUT=... -P: makes a source file of a document.
file(READ "${DOCUMENT}" OPENAPI)
configure_file("${TEMPLATE}" "${OUT}" @ONLY)
