package assets

import _ "embed" // fonts

// Fonts: Roboto, with full Latin (Apache License 2.0, see fonts/LICENSE-Roboto.txt).
var (
	//go:embed fonts/Roboto-Regular.ttf
	FontRegular []byte
	//go:embed fonts/Roboto-Bold.ttf
	FontBold []byte
	//go:embed fonts/RobotoCondensed-Bold.ttf
	FontCondensedBold []byte
)
