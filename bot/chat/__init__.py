"""Chat platforms, one package each: they render records, send, and receive what people do. They decide nothing."""
