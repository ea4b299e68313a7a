"""One file per act that a person or a clock asks for: may I, do it, audit, commit."""
