"""Analysis of IMMUNORARE5: five single-arm two-stage phase II trials in rare cancers."""
