"""The DiffFit engine: places atomic structures into cryo-EM density maps. No Qt, and no torch until it is needed."""
