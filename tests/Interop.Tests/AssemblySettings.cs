// Only the fixtures that say so run in parallel: those that start programs on loopback and share nothing.
[assembly: LevelOfParallelism(3)]
