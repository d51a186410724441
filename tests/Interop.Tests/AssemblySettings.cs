// Only the fixtures that say so run in parallel: those that start programs on loopback, or in namespaces of their own, and share nothing.
[assembly: LevelOfParallelism(3)]
