"""What must hold in the rows at any moment; `launchpad doctor` asks each of these. A fault is one sentence."""
