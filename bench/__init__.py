"""Measuring Launchpad: each figure stands beside a floor, or a smaller case, of the same run on the same machine."""
