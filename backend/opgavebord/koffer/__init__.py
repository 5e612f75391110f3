"""The koffer: a board travels in one file to a hall without internet, and its log comes home."""
