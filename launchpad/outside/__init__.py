"""The world beyond the program: mail, files, payment providers, rings, the embedded Valkey."""
